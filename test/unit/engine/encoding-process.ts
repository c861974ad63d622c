/** A process of its own that encodes a project's passages, and tells how far it is, until it is killed. */
import { findAssets } from '../../../runtime/engine/assets';
import { Engine } from '../../../runtime/engine/engine';
import type { InitializeParams } from '../../../runtime/protocol/engine';

async function run(params: InitializeParams): Promise<void> {
  const engine = new Engine(params.dataFolder, { ...findAssets(__dirname), workerPath: undefined });
  const session = await engine.open(params, () => undefined);
  session.workspace.onStatus(({ vectors }) => process.send!(vectors ?? null));
  await session.workspace.encoded();
}

void run(JSON.parse(process.argv[2]!) as InitializeParams);
