/** What a file in suites/ exports as `tests`. It runs in the real extension host, with the API of 'vscode' at hand. */
export interface IntegrationTest {
  name: string;
  /** Default 60 s. */
  timeoutMs?: number;
  run(): Promise<void>;
}
