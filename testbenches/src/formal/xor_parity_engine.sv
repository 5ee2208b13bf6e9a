// The parity word equals the XOR of the strip words, and the data words pass.
//
// One word address of one stripe is watched, any; the solver chooses both. The checker adds up the words that enter at
// that address of that stripe's strips. `last` ends a stripe early: the words it leaves out count as zero.
//
// Data and the watched place are free. The handshakes follow schedules of 32 cycles that repeat, a bit a cycle from the
// lowest, except in the cycles that are set free: there the solver chooses. One word, `LAST_WORD` from 0, carries `last`.
module xor_parity_engine_checker (
    input wire clock,
    input wire sink_valid,
    input wire [`WORD_BITS-1:0] sink_data,
    input wire sink_last,
    input wire data_ready,
    input wire parity_ready
);

    localparam [3:0] last_strip = `DATA_LANES - 1;
    localparam [2:0] last_address = `WORDS_PER_STRIP - 1;

    wire sink_ready;
    wire data_valid;
    wire [`WORD_BITS-1:0] data_data;
    wire data_last;
    wire [3:0] data_strip;
    wire parity_valid;
    wire [`WORD_BITS-1:0] parity_data;
    wire parity_last;

    `CIRCUIT circuit (
        .clock(clock),
        .sink_valid(sink_valid), .sink_data(sink_data), .sink_last(sink_last), .sink_ready(sink_ready),
        .data_valid(data_valid), .data_data(data_data), .data_last(data_last), .data_ready(data_ready),
        .data_strip(data_strip),
        .parity_valid(parity_valid), .parity_data(parity_data), .parity_last(parity_last), .parity_ready(parity_ready)
        `OBSERVATIONS
    );

    // The rule of streams: a word that was offered and not taken stays. Assumed of the sender, asserted of the engine.
    reg sink_waits = 1'b0;
    reg data_waits = 1'b0;
    reg parity_waits = 1'b0;
    reg [`WORD_BITS:0] sink_waiting = 0;
    reg [`WORD_BITS:0] data_waiting = 0;
    reg [`WORD_BITS:0] parity_waiting = 0;
    always @(posedge clock) begin
        sink_waits <= sink_valid && !sink_ready;
        sink_waiting <= {sink_last, sink_data};
        data_waits <= data_valid && !data_ready;
        data_waiting <= {data_last, data_data};
        parity_waits <= parity_valid && !parity_ready;
        parity_waiting <= {parity_last, parity_data};
    end
    always @* if (sink_waits) assume (sink_valid && {sink_last, sink_data} == sink_waiting);
    always @* if (data_waits) assert (data_valid && {data_last, data_data} == data_waiting);
    always @* if (parity_waits) assert (parity_valid && {parity_last, parity_data} == parity_waiting);

    reg [4:0] cycle = 5'd0;
    reg [7:0] words_taken = 8'd0;
    always @(posedge clock) begin
        cycle <= cycle + 5'd1;
        if (sink_valid && sink_ready) words_taken <= words_taken + 8'd1;
    end
    wire [31:0] sink_high = `SINK_HIGH;
    wire [31:0] sink_free = `SINK_FREE;
    wire [31:0] data_high = `DATA_HIGH;
    wire [31:0] data_free = `DATA_FREE;
    wire [31:0] parity_high = `PARITY_HIGH;
    wire [31:0] parity_free = `PARITY_FREE;
    always @* if (!sink_free[cycle]) assume (sink_valid == (sink_waits || sink_high[cycle]));
    always @* if (!data_free[cycle]) assume (data_ready == data_high[cycle]);
    always @* if (!parity_free[cycle]) assume (parity_ready == parity_high[cycle]);
    always @* assume (sink_last == (words_taken == `LAST_WORD));

    // Where the next word belongs that enters, that passes and that leaves as parity. No more than 16 stripes fit the depth.
    reg [3:0] sink_stripe = 4'd0;
    reg [3:0] sink_strip = 4'd0;
    reg [2:0] sink_address = 3'd0;
    reg [3:0] data_stripe = 4'd0;
    reg [3:0] strip = 4'd0;
    reg [2:0] data_address = 3'd0;
    reg [3:0] parity_stripe = 4'd0;
    reg [2:0] parity_address = 3'd0;
    wire takes = sink_valid && sink_ready;
    wire passes = data_valid && data_ready;
    wire leaves = parity_valid && parity_ready;
    always @(posedge clock) begin
        if (takes) begin
            sink_address <= sink_address + 3'd1;
            if (sink_address == last_address) begin
                sink_address <= 3'd0;
                sink_strip <= sink_strip + 4'd1;
            end
            if (sink_last || (sink_address == last_address && sink_strip == last_strip)) begin
                sink_address <= 3'd0;
                sink_strip <= 4'd0;
                sink_stripe <= sink_stripe + 4'd1;
            end
        end
        if (passes) begin
            data_address <= data_address + 3'd1;
            if (data_address == last_address) begin
                data_address <= 3'd0;
                strip <= strip + 4'd1;
                if (strip == last_strip) begin
                    strip <= 4'd0;
                    data_stripe <= data_stripe + 4'd1;
                end
            end
        end
        if (leaves) begin
            parity_address <= parity_address + 3'd1;
            if (parity_address == last_address) begin
                parity_address <= 3'd0;
                parity_stripe <= parity_stripe + 4'd1;
            end
        end
    end

    (* anyconst *) wire [3:0] watched_stripe;
    (* anyconst *) wire [2:0] watched_address;
    (* anyconst *) wire [3:0] watched_strip;
    reg [`WORD_BITS-1:0] expected_parity = 0;
    reg [`WORD_BITS-1:0] expected_word = 0;
    always @(posedge clock) if (takes && sink_stripe == watched_stripe && sink_address == watched_address) begin
        expected_parity <= expected_parity ^ sink_data;
        if (sink_strip == watched_strip) expected_word <= sink_data;
    end

    // Parity comes after its stripe, address by address, and is right.
    always @* if (parity_valid) begin
        assert (parity_stripe < sink_stripe);
        assert (parity_last == (parity_address == last_address));
        if (parity_stripe == watched_stripe && parity_address == watched_address)
            assert (parity_data == expected_parity);
    end

    // The words of the data strips pass, or zero where `last` has ended the data.
    always @* if (data_valid) begin
        assert (data_stripe <= sink_stripe);
        assert (data_strip == strip);
        assert (data_last == (data_address == last_address));
        if (data_stripe == watched_stripe && strip == watched_strip && data_address == watched_address)
            assert (data_data == expected_word);
    end

    // The last word of a stripe's parity leaves; before that, the schedules held back what they were meant to.
    reg sink_held = 1'b0;
    reg data_held = 1'b0;
    reg parity_held = 1'b0;
    always @(posedge clock) begin
        sink_held <= sink_held || (sink_valid && !sink_ready);
        data_held <= data_held || (data_valid && !data_ready);
        parity_held <= parity_held || (parity_valid && !parity_ready);
    end
    wire held = (sink_held || !`SINK_IS_HELD) && (data_held || !`DATA_IS_HELD) && (parity_held || !`PARITY_IS_HELD);
    wire shows = parity_stripe == watched_stripe && parity_address == watched_address && parity_data != 0;
    always @* cover (held && leaves && shows && parity_stripe == `COVERED_STRIPE && parity_last);

endmodule
