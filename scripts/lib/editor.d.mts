export interface Editor {
  /** The Node.js that runs code-server. */
  node: string;
  /** code-server's script. */
  entry: string;
}

export function ensureEditor(options: { strict: boolean }): Promise<Editor>;
