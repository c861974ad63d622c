export interface PanelPage {
  /** From the webview: the origin from which its own files come. */
  cspSource: string;
  script: string;
  style: string;
  /** Used once: only the script that carries it runs. */
  nonce: string;
  title: string;
  language: string;
  /** The editor's translations by their English sentences; undefined where it speaks English. */
  words?: Readonly<Record<string, string>>;
}

/** The page that holds the panel. Nothing is loaded from anywhere but the extension's own files. */
export function panelHtml(page: PanelPage): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource} 'nonce-${page.nonce}'`,
    `font-src ${page.cspSource}`,
    `img-src ${page.cspSource}`,
    `form-action 'none'`,
    `base-uri 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(page.style)}">
<title>${attribute(page.title)}</title>
</head>
<body${page.words ? ` data-words="${attribute(JSON.stringify(page.words))}"` : ''}>
<script nonce="${attribute(page.nonce)}" src="${attribute(page.script)}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
