import type { EndToEndTest } from './lib/runner';

/** A file that gets no suggestion, and what the explanation must name. */
const silent: { file: string; reason: RegExp }[] = [
  { file: 'ring.rs', reason: /Rust/ },
  { file: 'notes.txt', reason: /off for plain text|plain text/i },
];

export const tests: EndToEndTest[] = silent.map(({ file, reason }) => ({
  name: `"Why No Suggestion?" has a reason in ${file}`,
  async run({ workbench }) {
    await workbench.openFile(file, ':1:1');
    await workbench.page.keyboard.press('Control+End');
    await workbench.type('x');
    await workbench.command('Longview: Why No Suggestion?');
    await workbench.explanation(reason).waitFor();
  },
}));
