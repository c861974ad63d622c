import { ask } from './ask';
import { benchDecode, benchDrafts, benchRead } from './bench';
import { benchCard } from './bench-card';
import { benchIndex } from './bench-index';
import { benchMemory, benchState } from './bench-memory';
import { benchResume, benchSnapshot } from './bench-states';
import { complete } from './complete';
import { doctor } from './doctor';
import { evalHoles } from './eval-holes';
import { evalMakeHoles } from './eval-make-holes';
import { evalMakeRetrieval } from './eval-make-retrieval';
import { evalParity } from './eval-parity';
import { evalReplay } from './eval-replay';
import { evalResume } from './eval-resume';
import { evalRetrieval } from './eval-retrieval';
import { indexFolder } from './index-folder';
import { mcp } from './mcp';
import { modelsInfo, modelsList, modelsRemove } from './models';
import { modelsAdd } from './models-add';
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
  mcp,
  modelsAdd,
  modelsList,
  modelsInfo,
  modelsRemove,
  evalParity,
  evalHoles,
  evalMakeHoles,
  evalReplay,
  evalMakeRetrieval,
  evalRetrieval,
  evalResume,
  benchRead,
  benchDecode,
  benchDrafts,
  benchResume,
  benchSnapshot,
  benchState,
  benchMemory,
  benchIndex,
  benchCard,
];
