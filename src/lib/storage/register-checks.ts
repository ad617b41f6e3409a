import type { ExtensionApi } from '../extend/contract.ts';

/** What `doctor` looks at in this room. */
export function registerStorageChecks(api: ExtensionApi): void {
  api.register('doctor-check', 'gcp.credentials', async () => {
    const { credentialsCheck } = await import('./checks.ts');
    return () => credentialsCheck;
  });
  api.register('doctor-check', 'gcp.buckets', async () => {
    const { bucketsCheck } = await import('./checks.ts');
    return () => bucketsCheck;
  });
}
