// The bus plays one action at a time: at most one candidate is taken in a cycle, none while the engine is not idle or an
// action begins, and the action that begins in the next cycle is the one that was taken, by the order of precedence.
module action_arbiter_checker (
    input wire clock,
    input wire idle,
    input wire read_room,
    input wire finished_valid,
    input wire [5:0] finished_slot,
    input wire issue_valid,
    input wire [5:0] issue_slot,
    input wire [3:0] issue_action,
    input wire [2:0] issue_operation,
    input wire issue_dual,
    input wire poll_valid,
    input wire [5:0] poll_slot,
    input wire [2:0] poll_operation,
    input wire poll_dual,
    input wire poll_last,
    input wire poll_onward
);

    wire finished_take;
    wire issue_take;
    wire poll_take;
    wire start;
    wire [3:0] start_action;
    wire [5:0] start_slot;
    wire [2:0] start_operation;
    wire start_dual;
    wire start_last;
    wire start_onward;

    `CIRCUIT circuit (
        .clock(clock), .idle(idle), .read_room(read_room),
        .finished_valid(finished_valid), .finished_slot(finished_slot), .finished_take(finished_take),
        .issue_valid(issue_valid), .issue_slot(issue_slot), .issue_action(issue_action),
        .issue_operation(issue_operation), .issue_dual(issue_dual),
        .issue_take(issue_take),
        .poll_valid(poll_valid), .poll_slot(poll_slot), .poll_operation(poll_operation), .poll_dual(poll_dual),
        .poll_last(poll_last), .poll_onward(poll_onward), .poll_take(poll_take),
        .start(start), .start_action(start_action), .start_slot(start_slot), .start_operation(start_operation),
        .start_dual(start_dual), .start_last(start_last), .start_onward(start_onward)
        `OBSERVATIONS
    );

    // Never two at once, never beside another action, never what is not there.
    always @* assert (!(finished_take && issue_take) && !(finished_take && poll_take) && !(issue_take && poll_take));
    always @* if (finished_take || issue_take || poll_take) assert (idle && !start);
    always @* assert (!finished_take || (finished_valid && read_room));
    always @* assert (!issue_take || issue_valid);
    always @* assert (!poll_take || poll_valid);

    // Precedence, and nothing waits for nothing.
    wire may_transfer = finished_valid && read_room;
    always @* if (idle && !start) begin
        assert (finished_take == may_transfer);
        assert (issue_take == (issue_valid && !may_transfer));
        assert (poll_take == (poll_valid && !issue_valid && !may_transfer));
    end

    // What begins is what was taken.
    reg taken = 1'b0;
    reg [3:0] taken_action = 4'd0;
    reg [5:0] taken_slot = 6'd0;
    reg [2:0] taken_operation = 3'd0;
    reg taken_dual = 1'b0;
    reg taken_last = 1'b0;
    reg taken_onward = 1'b0;
    reg was_poll = 1'b0;
    always @(posedge clock) begin
        taken <= finished_take || issue_take || poll_take;
        was_poll <= poll_take;
        taken_last <= poll_last;
        taken_onward <= poll_onward;
        if (finished_take) begin
            taken_action <= 4'd9; taken_slot <= finished_slot; taken_operation <= 3'd0; taken_dual <= 1'b0;
        end else if (issue_take) begin
            taken_action <= issue_action; taken_slot <= issue_slot; taken_operation <= issue_operation;
            taken_dual <= issue_dual;
        end else begin
            taken_action <= 4'd8; taken_slot <= poll_slot; taken_operation <= poll_operation; taken_dual <= poll_dual;
        end
    end
    always @* assert (start == taken);
    always @* if (start) begin
        assert (start_action == taken_action && start_slot == taken_slot);
        assert (start_operation == taken_operation && start_dual == taken_dual);
        assert (!was_poll || (start_last == taken_last && start_onward == taken_onward));
    end

    reg [2:0] kinds = 3'd0;
    always @(posedge clock) kinds <= kinds | {finished_take, issue_take, poll_take};
    always @* cover (kinds == 3'd7 && start);

endmodule
