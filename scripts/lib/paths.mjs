import path from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What only tests and `npm start` need: the editor, its Node.js, data of the editor that `npm start` opens. */
export const editorHome = path.resolve(env.LONGVIEW_EDITOR_HOME ?? path.join(root, '.e2e'));
