import { ask } from './ask';
import { benchDecode, benchRead } from './bench';
import { complete } from './complete';
import { doctor } from './doctor';
import { evalRetrieval } from './eval-retrieval';
import { indexFolder } from './index-folder';
import { summarize } from './summarize';

export interface Command {
  name: string;
  usage: string;
  /** One line. */
  summary: string;
  details?: string;
  /** @throws UserError for what the user can mend; anything else is a defect */
  run(args: readonly string[], signal: AbortSignal): Promise<void>;
}

export const commands: readonly Command[] = [
  complete,
  ask,
  summarize,
  indexFolder,
  doctor,
  evalRetrieval,
  benchRead,
  benchDecode,
];
