/** Work of others that is shipped inside a package of another name, and says nothing of itself there. */
import { grammars } from './bundles.mjs';
import { mit } from './licences.mjs';

/** Copyright lines of the grammars inside @vscode/tree-sitter-wasm, from the LICENSE of each grammar's own package. */
const grammarCopyrights = {
  typescript: ['tree-sitter-typescript', 'Copyright (c) 2017 Max Brunsfeld'],
  tsx: ['tree-sitter-typescript', 'Copyright (c) 2017 Max Brunsfeld'],
  javascript: ['tree-sitter-javascript', 'Copyright (c) 2014 Max Brunsfeld'],
  python: ['tree-sitter-python', 'Copyright (c) 2016 Max Brunsfeld'],
  go: ['tree-sitter-go', 'Copyright (c) 2014 Max Brunsfeld'],
  rust: ['tree-sitter-rust', 'Copyright (c) 2017 Maxim Sokolov'],
  java: ['tree-sitter-java', 'Copyright (c) 2017 Ayman Nadeem'],
  cpp: ['tree-sitter-cpp', 'Copyright (c) 2014 Max Brunsfeld'],
  'c-sharp': [
    'tree-sitter-c-sharp',
    'Copyright (c) 2014-2023 Max Brunsfeld, Damien Guard, Amaan Qureshi, and contributors.',
  ],
  ruby: ['tree-sitter-ruby', 'Copyright (c) 2016 Rob Rix'],
  php: [
    'tree-sitter-php',
    'Copyright (c) 2017 Josh Vera, GitHub\nCopyright (c) 2019 Max Brunsfeld, Amaan Qureshi, Christian Frøystad, Caleb White',
  ],
};

/** @returns {{name, licence, source, inside, texts: string[]}[]} */
export function embeddedComponents() {
  return [
    ...grammarComponents(),
    {
      name: 'SQLite',
      licence: 'Public domain',
      source: 'https://sqlite.org/copyright.html',
      inside: 'libsql',
      texts: ['The authors of SQLite have dedicated its code to the public domain.'],
    },
    {
      name: "ONNX Runtime's own components",
      licence: 'Permissive, several',
      source: 'https://github.com/microsoft/onnxruntime/blob/v1.30.0/ThirdPartyNotices.txt',
      inside: 'onnxruntime-node',
      texts: [
        'ONNX Runtime is built from other projects, among them abseil-cpp, Dawn, Eigen, FlatBuffers, MLAS, ONNX, Protocol Buffers\nand RE2, and on Windows comes with the DirectX Shader Compiler (dxcompiler.dll, dxil.dll). Their notices are in the file\nnamed above, which belongs to the very release that is shipped here.',
      ],
    },
  ];
}

function grammarComponents() {
  const byPackage = new Map();
  for (const grammar of grammars) {
    const known = grammarCopyrights[grammar];
    if (known === undefined)
      throw new Error(
        `The grammar "${grammar}" is shipped, but its licence is not known; add it to scripts/lib/components.mjs.`,
      );
    byPackage.set(known[0], known[1]);
  }
  return [...byPackage].map(([name, copyright]) => ({
    name,
    licence: 'MIT',
    source: `https://github.com/tree-sitter/${name}`,
    inside: '@vscode/tree-sitter-wasm',
    texts: [mit(copyright)],
  }));
}
