// Word synchronization is acquired by three commas and lost by four invalid words, never by fewer.
module word_synchronizer_checker (
    input wire clock,
    input wire [31:0] word,
    input wire [3:0] control,
    input wire [3:0] code_error,
    input wire [3:0] disparity_error,
    input wire comma_misplaced
);

    wire is_synchronized;
    wire [31:0] received;
    wire is_ordered_set;
    wire is_invalid;
`ifdef OBSERVED
    wire [3:0] counts;
`endif

    `CIRCUIT circuit (
        .clock(clock), .word(word), .control(control), .code_error(code_error), .disparity_error(disparity_error),
        .comma_misplaced(comma_misplaced), .is_synchronized(is_synchronized), .received(received),
        .is_ordered_set(is_ordered_set), .is_invalid(is_invalid)
        `OBSERVATIONS
    );

    wire invalid = code_error != 4'd0 || disparity_error != 4'd0 || comma_misplaced || control[3:1] != 3'd0;
    wire comma = !invalid && control[0] && word[7:0] == 8'hBC;

    // Commas since an invalid word, three for more.
    reg [1:0] commas = 2'd0;
    // Invalid words since synchronization was acquired, and in a row, four for more.
    reg [2:0] invalid_words = 3'd0;
    reg [2:0] in_a_row = 3'd0;
    reg was_synchronized = 1'b0;
    always @(posedge clock) begin
        was_synchronized <= is_synchronized;
        if (invalid) commas <= 2'd0;
        else if (comma && commas != 2'd3) commas <= commas + 2'd1;
        if (!is_synchronized) invalid_words <= 3'd0;
        else if (invalid && invalid_words < 3'd4) invalid_words <= invalid_words + 3'd1;
        if (!invalid) in_a_row <= 3'd0;
        else if (in_a_row < 3'd4) in_a_row <= in_a_row + 3'd1;
    end

    always @* if (is_synchronized && !was_synchronized) assert (commas == 2'd3);
    always @* if (!is_synchronized && was_synchronized) assert (invalid_words == 3'd4);
    always @* if (in_a_row == 3'd4) assert (!is_synchronized);
    always @* assert (invalid_words <= 3'd4 && in_a_row <= 3'd4);
    // What is passed on is no ordered set if it is invalid.
    always @* assert (!(is_ordered_set && is_invalid));

`ifdef OBSERVED
    // Its counts are none but these.
    wire [1:0] its_commas = counts[1:0];
    wire [1:0] its_invalid_words = counts[3:2];
    always @* if (!is_synchronized) assert (its_commas <= commas && its_commas != 2'd3 && its_invalid_words == 2'd0);
    always @* if (is_synchronized) assert ({1'b0, its_invalid_words} <= invalid_words && {1'b0, its_invalid_words} >= in_a_row);
`endif

    reg was_lost = 1'b0;
    always @(posedge clock) was_lost <= was_lost || (was_synchronized && !is_synchronized);
    always @* cover (was_lost && is_synchronized);

endmodule
