// A page counts as still in its old place exactly if the page map says so, and every check is answered once.
//
// The map's answers, latencies and handshakes are free. The old place of the move that is watched, any of four numbers, is
// kept before it is checked, and not again meanwhile.
module move_checker_checker (
    input wire clock,
    input wire keep,
    input wire [5:0] keep_number,
    input wire [31:0] keep_location,
    input wire check,
    input wire [5:0] check_number,
    input wire [31:0] check_page,
    input wire operations_ready,
    input wire map_answers,
    input wire [`LOCATION_BITS-1:0] map_entry
);

    localparam W = `LOCATION_BITS;

    wire done;
    wire current;
    wire operations_valid;
    wire [1:0] operations_kind;
    wire [7:0] operations_tag;
    wire [7:0] operations_page;
    wire [W-1:0] operations_expected;
    wire [W-1:0] operations_location;

    `CIRCUIT circuit (
        .clock(clock), .keep(keep), .keep_number(keep_number), .keep_location(keep_location),
        .check(check), .check_number(check_number), .check_page(check_page), .done(done), .current(current),
        .operations_valid(operations_valid), .operations_kind(operations_kind), .operations_tag(operations_tag),
        .operations_page(operations_page), .operations_expected(operations_expected),
        .operations_location(operations_location), .operations_ready(operations_ready),
        .results_valid(map_answers), .results_tag(8'd0), .results_found(map_entry), .results_applied(1'b0)
        `OBSERVATIONS
    );

    (* anyconst *) wire [5:0] number;
    always @* assume (keep_number < 6'd4 && check_number < 6'd4 && number < 6'd4);

    reg is_kept = 1'b0;
    reg [31:0] old_place = 32'd0;
    wire watched = check && check_number == number;
    always @* assume (!(keep && keep_number == number && check));
    always @* assume (!watched || is_kept);
    always @(posedge clock) if (keep && keep_number == number) begin
        is_kept <= 1'b1;
        old_place <= keep_location;
    end

    // A check stays until it is answered, and is not repeated at once.
    reg check_waits = 1'b0;
    reg [37:0] checking = 38'd0;
    reg answered = 1'b0;
    always @(posedge clock) begin
        check_waits <= check && !done;
        checking <= {check_number, check_page};
        answered <= done;
    end
    always @* if (check_waits) assume (check && {check_number, check_page} == checking);
    always @* if (answered) assume (!check);

    // The map answers each lookup once.
    reg waits = 1'b0;
    reg is_known = 1'b0;
    reg [W-1:0] entry = 0;
    wire accepts = operations_valid && operations_ready;
    always @* assume (!map_answers || waits);
    always @(posedge clock) begin
        if (accepts) waits <= 1'b1;
        if (map_answers) begin
            waits <= 1'b0;
            is_known <= 1'b1;
            entry <= map_entry;
        end
        if (done) is_known <= 1'b0;
    end

    always @* begin
        if (operations_valid) assert (check && !waits && !is_known);
        if (accepts) assert (operations_kind == 2'd0 && operations_page == check_page[7:0]);
        if (done) assert (check && is_known && !waits);
        if (done && watched) assert (current == ({{32-W{1'b0}}, entry} == old_place));
    end
    always @(posedge clock) begin
        cover (done && watched && current);
        cover (done && watched && !current && answered == 1'b0);
    end

endmodule
