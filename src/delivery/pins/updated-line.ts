/** A pin that moved. */
export interface PinMove {
  readonly line: number;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** A pin the table knows and that stays all the same. */
export interface PinLeft {
  readonly line: number;
  readonly name: string;
  readonly at: string;
  readonly reason: string;
}

/** One line with what became of its pins. */
export interface UpdatedLine {
  readonly text: string;
  readonly moved: readonly Omit<PinMove, 'line'>[];
  readonly left: readonly Omit<PinLeft, 'line'>[];
}
