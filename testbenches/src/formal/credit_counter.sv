// A transmitter that sends only when it may never has more frames out than the other port has buffers.
//
// The credit is any number that stays; frames are sent in any cycles in which they may be, R_RDY and resets come in any.
module credit_counter_checker (
    input wire clock,
    input wire reset,
    input wire wants_to_send,
    input wire ready_received
);

    (* anyconst *) wire [7:0] credit;
    wire may_send;
    wire [7:0] outstanding;
    wire excess;
    wire frame_sent = wants_to_send && may_send;

    `CIRCUIT circuit (
        .clock(clock), .credit(credit), .reset(reset), .frame_sent(frame_sent), .ready_received(ready_received),
        .may_send(may_send), .outstanding(outstanding), .excess(excess)
    );

    // Frames that are out, counted by themselves.
    reg [8:0] out = 9'd0;
    reg was_surplus = 1'b0;
    reg is_begun = 1'b0;
    always @(posedge clock) begin
        is_begun <= 1'b1;
        was_surplus <= ready_received && !frame_sent && out == 9'd0 && !reset;
        if (reset) out <= 9'd0;
        else if (frame_sent && !ready_received) out <= out + 9'd1;
        else if (ready_received && !frame_sent && out != 9'd0) out <= out - 9'd1;
    end

    always @* assert (out <= {1'b0, credit});
    always @* assert ({1'b0, outstanding} == out);
    // It may be sent exactly while there is credit.
    always @* if (is_begun) assert (may_send == (out < {1'b0, credit}));
    always @* if (!is_begun) assert (!may_send);
    always @* assert (excess == was_surplus);

    always @* cover (credit == 8'd3 && out == 9'd3 && ready_received);

endmodule
