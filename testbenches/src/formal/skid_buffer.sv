// What enters a skid buffer leaves it, once and in order.
//
// Words are numbered modulo 16, which is more than the buffer holds, from 0 in the order of their taking and in the order
// of their delivery. One number is watched, any; the solver chooses it. Each word that is taken under it is remembered and
// must be the word delivered under it. As occupancy is bounded, two words of one number never are inside together.
module skid_buffer_checker (
    input wire clock,
    input wire sink_valid,
    input wire [`WORD_BITS-1:0] sink_data,
    input wire sink_last,
    input wire source_ready
);

    wire sink_ready;
    wire source_valid;
    wire [`WORD_BITS-1:0] source_data;
    wire source_last;
`ifdef OBSERVED
    wire [`WORD_BITS:0] aside;
`endif

    `CIRCUIT circuit (
        .clock(clock),
        .sink_valid(sink_valid), .sink_data(sink_data), .sink_last(sink_last), .sink_ready(sink_ready),
        .source_valid(source_valid), .source_data(source_data), .source_last(source_last), .source_ready(source_ready)
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

    reg [3:0] taken = 4'd0;
    reg [3:0] delivered = 4'd0;
    wire [3:0] occupancy = taken - delivered;
    (* anyconst *) wire [3:0] watched;
    reg [`WORD_BITS:0] watched_word = 0;
    always @(posedge clock) begin
        if (takes) taken <= taken + 4'd1;
        if (delivers) delivered <= delivered + 4'd1;
        if (takes && taken == watched) watched_word <= offered_word;
    end

    // Nothing leaves that did not enter, and what is inside is offered at once.
    always @* assert (occupancy <= 4'd2);
    always @* assert (source_valid == (occupancy != 4'd0));
    always @* assert (sink_ready == (occupancy != 4'd2));
    // It is the right word.
    always @* if (source_valid && delivered == watched) assert (delivered_word == watched_word);

`ifdef OBSERVED
    // The second word inside is the next in order.
    always @* if (occupancy == 4'd2 && watched == delivered + 4'd1) assert (aside == watched_word);
`endif

    reg was_full = 1'b0;
    reg was_empty_again = 1'b0;
    always @(posedge clock) begin
        was_full <= was_full || occupancy == 4'd2;
        was_empty_again <= was_empty_again || (was_full && occupancy == 4'd0);
    end
    always @* cover (was_empty_again && occupancy == 4'd2 && taken == watched + 4'd1 && source_ready);

endmodule
