import type { HubFile } from '../protocol/models';

const descriptive = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'longview.json',
];
const wanted = (path: string) => descriptive.includes(path) || /^(README\.md|LICENSE(\.\w+)?)$/i.test(path);

/** The forms that weights come in, the preferred one first: a file, or an index and its parts. */
const forms = [
  {
    whole: 'model.safetensors',
    index: 'model.safetensors.index.json',
    part: /^model-\d+-of-\d+\.safetensors$/,
  },
  {
    whole: 'pytorch_model.bin',
    index: 'pytorch_model.bin.index.json',
    part: /^pytorch_model-\d+-of-\d+\.bin$/,
  },
];

/**
 * Of a repository's files those that a model consists of: what describes it first, then its weights, in one form.
 * Files in folders, other formats and whatever else lies there stay where they are.
 * @returns undefined where there are no weights that can be read
 */
export function selectFiles(files: readonly HubFile[]): HubFile[] | undefined {
  const find = (path: string) => files.find((file) => file.path === path);
  const description = files.filter(({ path }) => wanted(path));
  for (const { whole, index, part } of forms) {
    const single = find(whole);
    if (single) return [...description, single];
    const listed = find(index);
    const parts = files.filter(({ path }) => part.test(path));
    if (listed && parts.length > 0) return [...description, listed, ...parts];
  }
  return undefined;
}
