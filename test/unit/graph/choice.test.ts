import { afterAll, beforeAll, expect, test } from 'vitest';
import { GraphBuilder } from '../../../runtime/graph/builder';
import { choosing, type Branch } from '../../../runtime/graph/choice';
import { names } from '../../../runtime/graph/states';
import { Branches } from '../../../runtime/inference/branches';
import { openGraph, type Session, type Tensor } from '../../../runtime/inference/session';

/** `x` plus so much, under names of the branch's own; how many of them the host says. */
function adding(number: number, output: string): GraphBuilder {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [4]);
  const count = graph.hostInput(`count.${output}`, 'int64', [1]);
  const first = graph.node('Slice', [x, graph.ints(0), count, graph.ints(0)]);
  graph.output(graph.add(first, graph.float(number)), output, 'float32', ['n']);
  graph.output(graph.mul(x, graph.float(number)), 'state.next', 'float32', [4]);
  return graph;
}

let session: Session;
let branches: Branches;

beforeAll(async () => {
  const whole = choosing(
    [
      { branch: 'greedy', graph: adding(10, 'written') },
      { branch: 'block', graph: adding(100, 'logits') },
    ],
    adding(1000, 'logits'),
  );
  const bytes = whole.finish('choice', () => {
    throw new Error('There are no weights');
  });
  session = await openGraph(bytes, 'cpu');
  branches = new Branches(session, ['x']);
});
afterAll(async () => {
  await branches.close();
  await session.release();
});

async function run(branch: Branch | undefined, count: string): Promise<Record<string, number[]>> {
  const feeds: Record<string, Tensor> = {
    x: session.float32(Float32Array.of(1, 2, 3, 4), [4]),
    [count]: session.int64(2),
  };
  const outputs = await branches.run(branch, feeds, ['written', 'logits', 'state.next', names.held]);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, [...(data as Float32Array)]]),
  );
}

test('a run takes the branch that it names, and of outputs that this one lacks there is nothing', async () => {
  expect(branches.has('greedy') && branches.has('block')).toBe(true);
  expect(await run('greedy', 'count.written')).toEqual({
    written: [11, 12],
    logits: [],
    'state.next': [10, 20, 30, 40],
    held: [],
  });
  expect(await run('block', 'count.logits')).toMatchObject({ written: [], logits: [101, 102] });
  expect(await run(undefined, 'count.logits')).toMatchObject({
    logits: [1001, 1002],
    'state.next': [1000, 2000, 3000, 4000],
  });
});

test('a graph without branches has none to take', async () => {
  const plain = adding(1, 'logits').finish('plain', () => {
    throw new Error('There are no weights');
  });
  const opened = await openGraph(plain, 'cpu');
  const alone = new Branches(opened, []);
  expect(alone.has('greedy')).toBe(false);
  const feeds = {
    x: opened.float32(Float32Array.of(1, 2, 3, 4), [4]),
    'count.logits': opened.int64(4),
  };
  const { logits } = await alone.run(undefined, feeds, ['logits']);
  expect([...(logits!.data as Float32Array)]).toEqual([2, 3, 4, 5]);
  await opened.release();
});
