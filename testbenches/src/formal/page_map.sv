// Operations on a page map take effect one after the other in the order of their acceptance; a Move never sets an entry that
// is not what it expects, so that it never undoes a newer Write.
//
// The checker keeps the entries of two pages as each accepted operation leaves them. One operation is watched, any; the
// solver chooses it, and its result must be what those entries said when it was accepted. When no change is under way, the
// memory holds those entries.
//
// Operations, entries, handshakes and the memory's latency are free: the memory answers up to four reads in order, each
// when the solver likes, with the word as the writes of earlier cycles left it; a read that meets a write of its page is
// answered with anything.
module page_map_checker (
    input wire clock,
    input wire operations_valid,
    input wire [1:0] operations_kind,
    input wire operations_page,
    input wire [`LOCATION_BITS-1:0] operations_expected,
    input wire [`LOCATION_BITS-1:0] operations_location,
    input wire memory_read_ready,
    input wire memory_answers,
    input wire [`LOCATION_BITS-1:0] memory_anything,
    input wire memory_write_ready
);

    localparam W = `LOCATION_BITS;
    localparam [1:0] write = 2'd1;
    localparam [1:0] move = 2'd2;

    wire operations_ready;
    wire results_valid;
    wire [7:0] results_tag;
    wire [W-1:0] results_found;
    wire results_applied;
    wire [1:0] result_requester;
    wire changes_added;
    wire [W-1:0] changes_added_location;
    wire changes_removed;
    wire [W-1:0] changes_removed_location;
    wire memory_read_valid;
    wire memory_read_address;
    wire memory_write_valid;
    wire memory_write_address;
    wire [W-1:0] memory_write_data;

    reg [7:0] accepted = 8'd0;
    reg [7:0] answered = 8'd0;
    reg [4*W-1:0] pending;
    reg [2:0] pending_count = 3'd0;

    `CIRCUIT circuit (
        .clock(clock),
        .operations_valid(operations_valid), .operations_kind(operations_kind), .operations_tag(accepted),
        .operations_page(operations_page), .operations_expected(operations_expected),
        .operations_location(operations_location), .operations_ready(operations_ready), .requester(accepted[1:0]),
        .results_valid(results_valid), .results_tag(results_tag), .results_found(results_found),
        .results_applied(results_applied), .result_requester(result_requester),
        .changes_added(changes_added), .changes_added_location(changes_added_location),
        .changes_removed(changes_removed), .changes_removed_location(changes_removed_location),
        .memory_read_valid(memory_read_valid), .memory_read_address(memory_read_address),
        .memory_read_ready(memory_read_ready), .memory_response_valid(memory_answers),
        .memory_response_data(memory_answers ? pending[W-1:0] : memory_anything),
        .memory_write_valid(memory_write_valid), .memory_write_address(memory_write_address),
        .memory_write_data(memory_write_data), .memory_write_ready(memory_write_ready)
        `OBSERVATIONS
    );

    wire accepts = operations_valid && operations_ready;
    wire reads = memory_read_valid && memory_read_ready;
    wire writes = memory_write_valid && memory_write_ready;
    always @* assume (operations_kind != 2'd3);
    always @* assume (!memory_read_ready || pending_count != 3'd4);
    always @* assume (!memory_answers || pending_count != 3'd0);

    // An operation that was offered and not taken stays; so does a write that the map offers.
    reg operation_waits = 1'b0;
    reg [2*W+2:0] operation_waiting = 0;
    wire [2*W+2:0] operation = {operations_kind, operations_page, operations_expected, operations_location};
    reg write_waits = 1'b0;
    reg [W:0] write_waiting = 0;
    always @(posedge clock) begin
        operation_waits <= operations_valid && !operations_ready;
        operation_waiting <= operation;
        write_waits <= memory_write_valid && !memory_write_ready;
        write_waiting <= {memory_write_address, memory_write_data};
    end
    always @* if (operation_waits) assume (operations_valid && operation == operation_waiting);
    always @* if (write_waits)
        assert (memory_write_valid && {memory_write_address, memory_write_data} == write_waiting);

    // The memory; what it holds at first is free, and so are the entries then.
    reg started = 1'b0;
    reg [2*W-1:0] memory;
    reg [2*W-1:0] entries;
    always @(posedge clock) started <= 1'b1;
    always @* if (!started) assume (entries == memory);
    wire [W-1:0] read_word = (writes && memory_write_address == memory_read_address)
        ? memory_anything : memory[memory_read_address*W +: W];
    wire [2:0] place = pending_count - {2'd0, memory_answers};
    always @(posedge clock) begin
        if (memory_answers) pending <= pending >> W;
        if (reads) pending[place*W +: W] <= read_word;
        pending_count <= pending_count - {2'd0, memory_answers} + {2'd0, reads};
        if (writes) memory[memory_write_address*W +: W] <= memory_write_data;
    end

    // One operation after the other.
    wire [W-1:0] entry = entries[operations_page*W +: W];
    wire applies = operations_kind == write || (operations_kind == move && entry == operations_expected);
    reg [7:0] changes_accepted = 8'd0;
    reg [7:0] changes_written = 8'd0;
    always @(posedge clock) begin
        if (accepts) accepted <= accepted + 8'd1;
        if (accepts && applies) entries[operations_page*W +: W] <= operations_location;
        if (accepts && operations_kind != 2'd0) changes_accepted <= changes_accepted + 8'd1;
        if (writes) changes_written <= changes_written + 8'd1;
        if (results_valid) answered <= answered + 8'd1;
    end

    (* anyconst *) wire [7:0] watched;
    reg [W-1:0] watched_found = 0;
    reg [W-1:0] watched_location = 0;
    reg watched_applied = 1'b0;
    reg watched_is_move = 1'b0;
    reg entry_changes_under_way = 1'b0;
    always @(posedge clock) begin
        if (accepts && accepted == watched) begin
            watched_found <= entry;
            watched_location <= operations_location;
            watched_applied <= applies;
            watched_is_move <= operations_kind == move;
            entry_changes_under_way <= memory[operations_page*W +: W] != entry;
        end
    end
    always @* if (results_valid) begin
        assert (answered != accepted);
        assert (results_tag == answered && result_requester == answered[1:0]);
    end
    always @* if (results_valid && answered == watched) begin
        assert (results_found == watched_found && results_applied == watched_applied);
        assert (changes_added == (watched_applied && watched_location[0]));
        assert (changes_removed == (watched_applied && watched_found[0]));
        assert (!changes_added || changes_added_location == watched_location);
        assert (!changes_removed || changes_removed_location == watched_found);
    end
    always @* if (!results_valid) assert (!changes_added && !changes_removed);
    always @* if (changes_accepted == changes_written) assert (memory == entries);

    // A Move that was refused because of a change that had not reached the memory when the Move was accepted.
    always @* cover (results_valid && answered == watched && watched_is_move && !results_applied
        && entry_changes_under_way && watched != 8'd0);

endmodule
