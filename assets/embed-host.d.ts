/** Shows financial figures in your page. See docs/embedding.md. */
export type EmbedReason = 'start' | 'renew' | 'refused';

export type EmbedEvent =
  | { type: 'ready' }
  | { type: 'height'; height: number }
  | { type: 'filter'; query: string }
  | { type: 'drill'; parameter: 'account_id' | 'category_id'; id: string }
  | { type: 'expired'; detail: string };

export interface EmbedOptions {
  /** `url` of the answer to POST /financial/embeds. */
  url: string;
  /** A fresh token from your own server; called at the start, before each expiry, and when one was refused. */
  token(reason: EmbedReason): string | Promise<string>;
  on?(type: EmbedEvent['type'], event: EmbedEvent): void;
  /** The frame's name for screen readers. */
  title?: string;
}

export interface Embed {
  frame: HTMLIFrameElement;
  /** Send a token without being asked, for instance after `expired`. */
  token(token: string): void;
  theme(name: 'light' | 'dark' | 'auto'): void;
  /** Choose what the token lets the viewer choose: `period=this_year&account_id=7`. */
  filter(query: string): void;
  remove(): void;
}

declare global {
  interface Window {
    FinancialEmbed: { mount(place: string | Element, options: EmbedOptions): Embed };
  }
}
