import { throwIfAborted } from '../protocol/errors';
import type { WorkOptions } from './language-model';

/** How a block takes its turn. */
export interface BlockOptions extends WorkOptions {
  /**
   * It runs in a thread of its own and may take long: it begins when nothing else runs, and what is more urgent does not
   * wait for its end.
   */
  aside?: boolean;
}

/** Decides whose block runs next. Rejects with CancelledError when the work is given up while it waits. */
export interface BlockScheduler {
  run<T>(options: BlockOptions, block: () => Promise<T>): Promise<T>;
}

/** Runs each block at once: for programs that do one thing at a time. */
export const immediateScheduler: BlockScheduler = {
  async run(options, block) {
    throwIfAborted(options.signal);
    return block();
  },
};
