import type { ExtensionModule } from 'sentops/plugin';

/** What this plugin adds. Loading this file has to stay cheap: each extension is loaded when it is used. */
const extensions: ExtensionModule = {
  contract: {{contract}},
  register(api) {
{{registrations}}
  },
};

export default extensions;
