/** Extensions that are known to show inline suggestions. VS Code has no way to ask which providers are registered. */
const known: Record<string, string> = {
  'amazonwebservices.amazon-q-vscode': 'Amazon Q',
  'augment.vscode-augment': 'Augment',
  'codeium.codeium': 'Windsurf (Codeium)',
  'continue.continue': 'Continue',
  'ggml-org.llama-vscode': 'llama.vscode',
  'github.copilot': 'GitHub Copilot',
  'github.copilot-chat': 'GitHub Copilot',
  'google.geminicodeassist': 'Gemini Code Assist',
  'huggingface.huggingface-vscode': 'llm-vscode',
  'rjmacarthy.twinny': 'twinny',
  'smallcloud.codify': 'Refact',
  'sourcegraph.cody-ai': 'Cody',
  'supermaven.supermaven': 'Supermaven',
  'tabbyml.vscode-tabby': 'Tabby',
  'tabnine.tabnine-vscode': 'Tabnine',
};

/** Names of the installed extensions that may show suggestions of their own, each once. */
export function otherProviders(extensionIds: readonly string[]): string[] {
  return [...new Set(extensionIds.flatMap((id) => known[id.toLowerCase()] ?? []))];
}
