/**
 * One engine in a process of its own, so that CPU seconds are its alone: it does what the messages say, one at a
 * time, and answers with the time that it took.
 */
import { isPrecision } from '../../../runtime/graph/precision';
import { llamaCpp } from './llama-cpp';
import { longview } from './longview';
import { quants, type Quant } from './mamba2-gguf';

export interface Job {
  kind: 'read' | 'decode' | 'next';
  ids: number[];
}

export interface Cost {
  ms: number;
  cpuMs: number;
}

const [engineName, form, model, place, threads] = process.argv.slice(2);
const engine =
  engineName === 'longview' && isPrecision(form!)
    ? await longview(model!, place!, form, Number(threads))
    : await llamaCpp(place!, checkedQuant(form!), Number(threads));

process.on('message', (job: Job) => void run(job).then((cost) => process.send!(cost)));
process.on('disconnect', () => process.exit());
process.send!({ ready: engine.name });

async function run({ kind, ids }: Job): Promise<Cost> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  if (kind === 'read') await engine.read(ids);
  else if (kind === 'next') await engine.next(ids);
  else for (const id of ids) await engine.step(id);
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - started, cpuMs: (user + system) / 1000 };
}

function checkedQuant(name: string): Quant {
  if (!Object.hasOwn(quants, name)) throw new Error(`There is no form "${name}"`);
  return name as Quant;
}
