export function softwareVulkan(): Promise<Record<string, string> | undefined>;
