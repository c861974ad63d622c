export const root: string;
export const editorHome: string;
