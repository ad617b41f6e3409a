import { Args, Command } from '@oclif/core';

export default class Hello extends Command {
  static summary = 'Say hello.';
  static enableJsonFlag = true;
  static args = { name: Args.string({ description: 'Who is greeted.', default: 'world', ignoreStdin: true }) };

  async run() {
    const { args } = await this.parse(Hello);
    const greeting = `Hello, ${args.name}!`;
    this.log(greeting);
    return { greeting };
  }
}
