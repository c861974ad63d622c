export function targetOfThisMachine(): string | undefined;
