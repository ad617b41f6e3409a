import { CONTRACT_VERSION, type ExtensionApi, type ExtensionModule } from './contract.ts';

/**
 * The default export of an extensions module, ours included. The object that comes back is plain data, so a plugin
 * may as well write `{ contract: 1, register(api) { … } }` itself and load nothing of sentops at run time.
 */
export function defineExtensions(register: (api: ExtensionApi) => void): ExtensionModule {
  return { contract: CONTRACT_VERSION, register };
}
