import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../../runtime/engine/scheduler';
import { Priority } from '../../../runtime/inference/language-model';

function block() {
  let finish!: () => void;
  const done = new Promise<void>((resolve) => (finish = resolve));
  return { run: () => done, finish };
}

describe('Scheduler', () => {
  it('runs the most urgent waiting block next, equals in order of arrival', async () => {
    const scheduler = new Scheduler();
    const order: string[] = [];
    const first = block();
    const job = (name: string, priority: Priority) =>
      scheduler.run({ priority }, () => {
        order.push(name);
        return Promise.resolve();
      });
    const running = scheduler.run({ priority: Priority.Background }, first.run);
    const rest = [
      job('background', Priority.Background),
      job('summary', Priority.Summary),
      job('completion 1', Priority.Completion),
      job('completion 2', Priority.Completion),
    ];
    first.finish();
    await Promise.all([running, ...rest]);
    expect(order).toEqual(['completion 1', 'completion 2', 'summary', 'background']);
    expect(scheduler.idle).toBe(true);
  });

  it('never runs two blocks at once', async () => {
    const scheduler = new Scheduler();
    let running = 0;
    let most = 0;
    const one = () =>
      scheduler.run({ priority: Priority.Summary }, async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
      });
    await Promise.all(Array.from({ length: 10 }, one));
    expect(most).toBe(1);
  });

  it('takes a cancelled block out of the queue and goes on', async () => {
    const scheduler = new Scheduler();
    const first = block();
    const running = scheduler.run({ priority: Priority.Summary }, first.run);
    const abort = new AbortController();
    let ran = false;
    const cancelled = scheduler.run({ priority: Priority.Completion, signal: abort.signal }, () => {
      ran = true;
      return Promise.resolve();
    });
    abort.abort();
    await expect(cancelled).rejects.toThrow('Cancelled');
    first.finish();
    await running;
    expect(ran).toBe(false);
    expect(scheduler.idle).toBe(true);
  });

  it('goes on after a block that failed', async () => {
    const scheduler = new Scheduler();
    const bad = scheduler.run({ priority: Priority.Summary }, () => Promise.reject(new Error('boom')));
    const good = scheduler.run({ priority: Priority.Summary }, () => Promise.resolve('fine'));
    await expect(bad).rejects.toThrow('boom');
    await expect(good).resolves.toBe('fine');
  });
});

describe('a block that runs aside', () => {
  const at = (scheduler: Scheduler, priority: Priority, aside = false) => {
    const { run, finish } = block();
    let started = false;
    const done = scheduler.run({ priority, aside }, () => ((started = true), run()));
    return { done, finish, started: () => started };
  };

  it('begins when nothing else runs, and keeps nothing waiting that is more urgent', async () => {
    const scheduler = new Scheduler();
    const summary = at(scheduler, Priority.Summary);
    const encoding = at(scheduler, Priority.Encoding, true);
    const next = at(scheduler, Priority.Question, true);
    expect(encoding.started()).toBe(false);
    summary.finish();
    await summary.done;
    expect([encoding.started(), next.started()]).toEqual([false, true]);
    next.finish();
    await next.done;
    expect(encoding.started()).toBe(true);
    const reading = at(scheduler, Priority.Background);
    const completion = at(scheduler, Priority.Completion);
    await Promise.resolve();
    // Alone in its own thread, as ever.
    expect([reading.started(), completion.started()]).toEqual([true, false]);
    reading.finish();
    await reading.done;
    const same = at(scheduler, Priority.Encoding);
    const another = at(scheduler, Priority.Question, true);
    completion.finish();
    await completion.done;
    expect([same.started(), another.started()]).toEqual([false, false]);
    encoding.finish();
    await encoding.done;
    expect([same.started(), another.started()]).toEqual([false, true]);
    another.finish();
    await another.done;
    same.finish();
    await same.done;
    expect(scheduler.idle).toBe(true);
  });
});
