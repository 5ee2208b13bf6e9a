// A moved page gets its new place only if the page map still shows the one that it was moved from, so that whatever the host
// wrote meanwhile stays; a page of the host gets its place in any case. Each is answered once, with what truly happened.
//
// The page map is taken as what the proof of `PageMap` shows: operations take effect one after the other, here at their
// acceptance. Others may change any entry in any cycle. Operations on the page that is watched, any page, meet its entry;
// those on other pages are applied or not as the solver likes. Latencies and handshakes are free. The old place of the move
// that is watched, any number, is kept before its update is offered, and not again before the move has ended.
module place_committer_checker (
    input wire clock,
    input wire keep,
    input wire [5:0] keep_number,
    input wire [31:0] keep_location,
    input wire update_valid,
    input wire [31:0] update_page,
    input wire [7:0] update_tag,
    input wire update_moved,
    input wire update_group,
    input wire [23:0] update_stripe,
    input wire [3:0] update_lane,
    input wire update_half,
    input wire operations_ready,
    input wire map_answers,
    input wire [`LOCATION_BITS-1:0] anything,
    input wire another_applies,
    input wire others_change,
    input wire [`LOCATION_BITS-1:0] others_location,
    input wire events_ready
);

    localparam W = `LOCATION_BITS;
    localparam [1:0] write = 2'd1;
    localparam [1:0] move = 2'd2;

    wire update_ready;
    wire placed;
    wire committed;
    wire operations_valid;
    wire [1:0] operations_kind;
    wire [7:0] operations_tag;
    wire [7:0] operations_page;
    wire [W-1:0] operations_expected;
    wire [W-1:0] operations_location;
    wire events_valid;
    wire [33:0] events_data;
    wire events_last;

    // The operation that the map has taken and not answered.
    reg waits = 1'b0;
    reg waits_moved = 1'b0;
    reg waits_applied = 1'b0;
    reg [31:0] waits_place = 32'd0;
    reg waits_watched = 1'b0;

    `CIRCUIT circuit (
        .clock(clock), .keep(keep), .keep_number(keep_number), .keep_location(keep_location),
        .update_valid(update_valid), .update_page(update_page), .update_tag(update_tag), .update_moved(update_moved),
        .update_group(update_group), .update_stripe(update_stripe), .update_lane(update_lane), .update_half(update_half),
        .update_ready(update_ready), .placed(placed), .committed(committed),
        .operations_valid(operations_valid), .operations_kind(operations_kind), .operations_tag(operations_tag),
        .operations_page(operations_page), .operations_expected(operations_expected),
        .operations_location(operations_location), .operations_ready(operations_ready),
        .results_valid(map_answers), .results_tag(8'd0), .results_found(anything), .results_applied(waits_applied),
        .events_valid(events_valid), .events_data(events_data), .events_last(events_last), .events_ready(events_ready)
        `OBSERVATIONS
    );

    (* anyconst *) wire [5:0] number;
    always @* assume (keep_number < 6'd4 && update_tag[5:0] < 6'd4 && number < 6'd4);
    (* anyconst *) wire [7:0] page;

    // The old place of the watched move, from its keeping until the move has ended.
    wire of_watched_move = update_moved && update_tag[5:0] == number;
    reg is_kept = 1'b0;
    reg [31:0] old_place = 32'd0;
    wire move_ends = committed && waits_watched;
    always @* assume (!(keep && keep_number == number && is_kept));
    always @* assume (!(update_valid && of_watched_move) || is_kept);
    always @(posedge clock) begin
        if (move_ends) is_kept <= 1'b0;
        if (keep && keep_number == number) begin
            is_kept <= 1'b1;
            old_place <= keep_location;
        end
    end

    // An update stays until it is taken.
    reg update_waits = 1'b0;
    reg [70:0] update_waiting = 71'd0;
    wire [70:0] update = {update_page, update_tag, update_moved, update_group, update_stripe, update_lane, update_half};
    always @(posedge clock) begin
        update_waits <= update_valid && !update_ready;
        update_waiting <= update;
    end
    always @* if (update_waits) assume (update_valid && update == update_waiting);

    // The entry of the watched page.
    reg [W-1:0] entry;
    wire accepts = operations_valid && operations_ready;
    wire is_page = operations_page == page;
    wire fits = entry == operations_expected;
    always @(posedge clock) begin
        if (others_change) entry <= others_location;
        if (accepts && is_page && (operations_kind == write || fits)) entry <= operations_location;
    end
    always @* assume (!(accepts && others_change));
    always @* assume (!map_answers || waits);

    // What is asked of the map is what the update says. Stripes fit their place in a location.
    always @* assume (update_stripe >> (W - 7) == 24'd0);
    wire [W-1:0] new_place = {update_group, update_stripe[W-8:0], update_lane, update_half, 1'b1};
    always @* if (accepts) begin
        assert (update_valid && update_ready);
        assert (!waits);
        assert (operations_page == update_page[7:0]);
        assert (operations_location == new_place);
        assert (operations_kind == (update_moved ? move : write));
        if (of_watched_move) assert (operations_expected == old_place[W-1:0]);
    end
    always @* if (update_ready) assert (accepts);

    // Every operation is answered once and truly.
    reg reports = 1'b0;
    reg places = 1'b0;
    always @(posedge clock) begin
        places <= 1'b0;
        if (accepts) begin
            waits <= 1'b1;
            waits_moved <= update_moved;
            waits_watched <= of_watched_move;
            waits_place <= old_place;
            waits_applied <= operations_kind == write || (is_page ? fits : another_applies);
        end
        if (map_answers) begin
            waits <= 1'b0;
            reports <= waits_moved;
            places <= !waits_moved;
        end
        if (committed) reports <= 1'b0;
    end
    always @* begin
        assert (placed == places);
        assert (events_valid == reports);
        assert (committed == (events_valid && events_ready));
        assert (!(reports && waits));
        if (events_valid) assert (events_data[33:32] == {1'b0, !waits_applied});
        if (events_valid && waits_watched) assert (events_data[31:0] == waits_place);
    end

    // A move that meets a newer entry is refused, one that does not is applied, both for the watched page.
    reg refused = 1'b0;
    reg applied = 1'b0;
    reg [7:0] watched_pages = 8'd0;
    always @(posedge clock) begin
        if (accepts && is_page && of_watched_move) watched_pages <= watched_pages + 8'd1;
        if (events_valid && waits_watched && watched_pages == 8'd1) begin
            refused <= refused | !waits_applied;
            applied <= applied | waits_applied;
        end
        cover (refused);
        cover (applied);
        cover (placed);
    end

endmodule
