/** A process that saves states for ever, to be killed at any moment. `state-writer FOLDER SEED` */
import { StateStore } from '../../../runtime/state/state-store';
import { writtenSnapshot, writtenState } from './written-state';

async function main(): Promise<void> {
  const [folder, seed] = process.argv.slice(2);
  const { store } = await StateStore.open({
    folder: folder!,
    model: 'model',
    limitBytes: 40e6,
    onProblem: (message) => console.error(message),
  });
  process.send?.('ready');
  for (let i = Number(seed); ; i++) await store.save(writtenState(i), writtenSnapshot(i));
}

void main();
