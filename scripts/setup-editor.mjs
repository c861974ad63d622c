/** `node scripts/setup-editor.mjs`: puts the browser editor of the tests into .e2e/ (see lib/editor.mjs). */
import { ensureEditor } from './lib/editor.mjs';

const { node, entry } = await ensureEditor({ strict: true });
console.log(`${node}\n${entry}`);
