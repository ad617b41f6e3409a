// Nothing of sentops is loaded at run time: the contract is the shape of this object.
/** @type {import('sentops/plugin').ExtensionModule} */
export default {
  contract: 1,
  register(api) {
    api.register('stream-sink', 'hello', () => import('./sinks/hello.js'), { summary: 'greets every row' });
  },
};
