import type { ExtensionContext, ExtensionOptions, Notification, Notifier } from 'sentops/plugin';

/** Tells whoever reads standard output. */
export default function createNotifier(_options: ExtensionOptions, { stdout }: ExtensionContext): Notifier {
  const render = ({ severity, title, text }: Notification) => `[${severity}] ${title}: ${text}`;
  return {
    preview: notification => ({ to: 'standard output', body: render(notification) }),
    async send(notification) {
      stdout.write(`${render(notification)}\n`);
    },
  };
}
