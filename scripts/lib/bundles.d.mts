import type { BuildOptions } from 'esbuild';

export const nativePackages: string[];
export const grammars: string[];
export function bundles(options: { production: boolean }): BuildOptions[];
