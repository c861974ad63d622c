import { throwIfAborted } from '../protocol/errors';
import type { WorkOptions } from './language-model';

/** Decides whose block runs next. Rejects with CancelledError when the work is given up while it waits. */
export interface BlockScheduler {
  run<T>(options: WorkOptions, block: () => Promise<T>): Promise<T>;
}

/** Runs each block at once: for programs that do one thing at a time. */
export const immediateScheduler: BlockScheduler = {
  async run(options, block) {
    throwIfAborted(options.signal);
    return block();
  },
};
