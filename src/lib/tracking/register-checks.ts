import type { ExtensionApi } from '../extend/contract.ts';

/** What `doctor` looks at in this room. */
export function registerTrackingChecks(api: ExtensionApi): void {
  api.register('doctor-check', 'mlflow.server', async () => {
    const { serverCheck } = await import('./checks.ts');
    return () => serverCheck;
  });
  api.register('doctor-check', 'mlflow.store', async () => {
    const { databaseCheck } = await import('./checks.ts');
    return () => databaseCheck;
  });
}
