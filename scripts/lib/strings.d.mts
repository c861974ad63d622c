export function stringsBundle(): Promise<string>;
export function translated(file: string, text: string): string[];
