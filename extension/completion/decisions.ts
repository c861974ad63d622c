import type { CompletionCost, SilenceReason } from '../../runtime/protocol/completion';

export type Outcome = { shown: true; confidence: number } | { shown: false; reason: SilenceReason };

/** What became of one time that the editor asked. */
export interface Decision {
  uri: string;
  /** Version of the document when the editor asked. */
  version: number;
  explicit: boolean;
  outcome: Outcome;
  cost?: CompletionCost;
}

/** Remembers the last decision, so that a silence can be explained afterwards. */
export class Decisions {
  last: Decision | undefined;

  note(
    document: { uri: { toString(): string }; version: number },
    explicit: boolean,
    outcome: Outcome,
    cost?: CompletionCost,
  ): void {
    this.last = {
      uri: document.uri.toString(),
      version: document.version,
      explicit,
      outcome,
      ...(cost && { cost }),
    };
  }

  /** The decision about this document as it is now; undefined when the editor has not asked since it changed. */
  about(document: { uri: { toString(): string }; version: number }): Decision | undefined {
    const { last } = this;
    return last?.uri === document.uri.toString() && last.version === document.version ? last : undefined;
  }
}
