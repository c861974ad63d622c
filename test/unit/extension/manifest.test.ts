import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const text = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as {
  icon: string;
  contributes: {
    commands: { command: string; category: string }[];
    menus: Record<string, { command: string }[]>;
    walkthroughs: {
      steps: { description: string; media: { markdown: string }; completionEvents: string[] }[];
    }[];
  };
};
const strings = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const commands = new Set(manifest.contributes.commands.map(({ command }) => command));

describe('the manifest', () => {
  it('has a text for every key, and no text without a key', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
    expect([...used].sort()).toEqual(Object.keys(strings).sort());
  });

  it('names no command in menus or walkthrough that it does not contribute', () => {
    const inMenus = Object.values(manifest.contributes.menus).flatMap((items) =>
      items.map(({ command }) => command),
    );
    const inTexts = Object.values(strings).flatMap((value) =>
      [...value.matchAll(/command:(longview\.\w+)/g)].map(([, command]) => command!),
    );
    expect([...inMenus, ...inTexts].filter((command) => !commands.has(command))).toEqual([]);
    expect(inTexts.length).toBeGreaterThan(0);
  });

  it('puts every command under one name', () => {
    expect(manifest.contributes.commands.filter(({ category }) => category !== 'Longview')).toEqual([]);
  });

  it('points at files that exist', () => {
    const steps = manifest.contributes.walkthroughs.flatMap(({ steps: all }) => all);
    const files = [manifest.icon, 'media/icon.svg', ...steps.map(({ media }) => media.markdown)];
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
    expect(steps.every(({ completionEvents }) => completionEvents.length > 0)).toBe(true);
  });

  it('shows a picture with an alternative text in every step of the walkthrough', () => {
    const steps = manifest.contributes.walkthroughs.flatMap(({ steps: all }) => all);
    for (const { media } of steps) {
      const [, alt, file] = /!\[(.*)\]\((\S+)\)/.exec(readFileSync(media.markdown, 'utf8')) ?? [];
      expect(alt?.length, media.markdown).toBeGreaterThan(20);
      expect(statSync(path.join(path.dirname(media.markdown), file!)).size).toBeLessThan(150_000);
    }
  });

  it('ships a sample with exactly one place for the cursor', () => {
    expect(readFileSync('media/walkthrough/sample.ts.txt', 'utf8').split('█')).toHaveLength(2);
  });
});
