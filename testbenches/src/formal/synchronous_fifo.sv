// What enters a first-in first-out buffer leaves it, once and in order.
//
// Words are numbered modulo 32, which is more than the buffer holds, from 0 in the order of their taking and in the order
// of their delivery. One number is watched, any; the solver chooses it. Each word that is taken under it is remembered and
// must be the word delivered under it. As occupancy is bounded, two words of one number never are inside together.
//
// Handshakes are free in the cycles of a period of 32 that are set free, else they follow schedules, a bit a cycle from the
// lowest. Proofs set all free; schedules lead to a place that the solver takes long to find.
module synchronous_fifo_checker (
    input wire clock,
    input wire sink_valid,
    input wire [`WORD_BITS-1:0] sink_data,
    input wire sink_last,
    input wire source_ready
);

    localparam [4:0] capacity = 5'd1 << `ADDRESS_BITS;

    wire sink_ready;
    wire source_valid;
    wire [`WORD_BITS-1:0] source_data;
    wire source_last;
    wire [15:0] level;
    wire almost_full;
`ifdef OBSERVED
    wire [`ADDRESS_BITS-1:0] write_address;
    wire [`ADDRESS_BITS-1:0] read_address;
    wire [`ADDRESS_BITS-1:0] stored;
    wire full;
    wire not_empty;
    wire fetched;
    wire [`WORD_BITS:0] fetched_word;
    wire [`ADDRESS_BITS-1:0] memory_word_address = watched[`ADDRESS_BITS-1:0];
    wire [`ADDRESS_BITS-1:0] memory_last_address = watched[`ADDRESS_BITS-1:0];
    wire [`WORD_BITS-1:0] memory_word;
    wire memory_last;
    wire [1:0] fill_slot;
    wire [1:0] oldest_slot;
    wire [2:0] filled;
    wire [2:0] claimed;
    wire [4*(`WORD_BITS+1)-1:0] slots;
`endif

    `CIRCUIT circuit (
        .clock(clock),
        .sink_valid(sink_valid), .sink_data(sink_data), .sink_last(sink_last), .sink_ready(sink_ready),
        .source_valid(source_valid), .source_data(source_data), .source_last(source_last), .source_ready(source_ready),
        .level(level), .almost_full(almost_full)
        `OBSERVATIONS
    );

    wire [`WORD_BITS:0] offered_word = {sink_last, sink_data};
    wire [`WORD_BITS:0] delivered_word = {source_last, source_data};
    wire takes = sink_valid && sink_ready;
    wire delivers = source_valid && source_ready;

    // The rule of streams: a word that was offered and not taken stays. Assumed of the sender, asserted of the buffer.
    reg sink_waits = 1'b0;
    reg source_waits = 1'b0;
    reg [`WORD_BITS:0] sink_waiting = 0;
    reg [`WORD_BITS:0] source_waiting = 0;
    always @(posedge clock) begin
        sink_waits <= sink_valid && !sink_ready;
        sink_waiting <= offered_word;
        source_waits <= source_valid && !source_ready;
        source_waiting <= delivered_word;
    end
    always @* if (sink_waits) assume (sink_valid && offered_word == sink_waiting);
    always @* if (source_waits) assert (source_valid && delivered_word == source_waiting);

    reg [4:0] cycle = 5'd0;
    always @(posedge clock) cycle <= cycle + 5'd1;
    wire [31:0] sink_high = `SINK_HIGH;
    wire [31:0] sink_free = `SINK_FREE;
    wire [31:0] source_high = `SOURCE_HIGH;
    wire [31:0] source_free = `SOURCE_FREE;
    always @* if (!sink_free[cycle]) assume (sink_valid == (sink_waits || sink_high[cycle]));
    always @* if (!source_free[cycle]) assume (source_ready == source_high[cycle]);

    reg [4:0] taken = 5'd0;
    reg [4:0] delivered = 5'd0;
    wire [4:0] occupancy = taken - delivered;
    (* anyconst *) wire [4:0] watched;
    reg [`WORD_BITS:0] watched_word = 0;
    always @(posedge clock) begin
        if (takes) taken <= taken + 5'd1;
        if (delivers) delivered <= delivered + 5'd1;
        if (takes && taken == watched) watched_word <= offered_word;
    end

    // Nothing leaves that did not enter; the output registers hold five words at most.
    always @* assert (level <= {11'd0, capacity});
    always @* assert ({11'd0, occupancy} >= level && {11'd0, occupancy} <= level + 16'd5);
    always @* assert (!source_valid || occupancy != 5'd0);
    // It is the right word.
    always @* if (source_valid && delivered == watched) assert (delivered_word == watched_word);

    // What is inside comes out: it is offered in the fourth cycle at the latest. There is room until the memory is full.
    reg [2:0] hidden_cycles = 3'd0;
    always @(posedge clock) begin
        if (source_valid || occupancy == 5'd0) hidden_cycles <= 3'd0;
        else if (hidden_cycles != 3'd7) hidden_cycles <= hidden_cycles + 3'd1;
    end
    always @* assert (hidden_cycles <= 3'd3);
    always @* assert (sink_ready == (level != {11'd0, capacity}));

    reg threshold_reached = 1'b0;
    always @(posedge clock) threshold_reached <= level >= `ALMOST_FULL_THRESHOLD;
    always @* assert (almost_full == threshold_reached);

`ifdef OBSERVED
    // The counters agree.
    wire [4:0] fetches = taken - level[4:0];
    always @* assert (level[4:0] == (full ? capacity : {{(5-`ADDRESS_BITS){1'b0}}, stored}));
    always @* assert (!full || stored == 0);
    always @* assert (not_empty == (level != 16'd0));
    always @* assert (write_address == taken[`ADDRESS_BITS-1:0]);
    always @* assert (read_address == fetches[`ADDRESS_BITS-1:0]);
    always @* assert (claimed == filled + fetched && claimed <= 3'd4);
    always @* assert (fill_slot - oldest_slot == filled[1:0]);
    always @* assert (occupancy == level[4:0] + fetched + filled + source_valid);

    // The watched word is where its place in the order says: output register, slots, fetched, memory.
    wire [4:0] place = watched - delivered;
    wire [4:0] place_in_slots = place - source_valid;
    wire [1:0] watched_slot = oldest_slot + place_in_slots[1:0];
    wire [4:0] place_of_fetched = source_valid + filled;
    always @* if (place < occupancy) begin
        if (source_valid && place == 5'd0) assert (delivered_word == watched_word);
        else if (place < place_of_fetched) assert (slots[watched_slot*(`WORD_BITS+1) +: `WORD_BITS+1] == watched_word);
        else if (fetched && place == place_of_fetched) assert (fetched_word == watched_word);
        else assert ({memory_last, memory_word} == watched_word);
    end
`endif

    // Full to the last register, then empty, then full again, and words move on both sides.
    reg [1:0] turns = 2'd0;
    always @(posedge clock) begin
        if (!turns[0] && occupancy == capacity + 5'd5) turns <= turns + 2'd1;
        if (turns[0] && occupancy == 5'd0 && turns != 2'd3) turns <= turns + 2'd1;
    end
    always @* cover (turns == 2'd3 && takes && delivers);

endmodule
