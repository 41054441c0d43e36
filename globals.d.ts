// What the scripts under static/js use of htmx and of allauth, which come as classic scripts, and the events they hear.
// Only the type checker reads this file.

/** A class of elements, such as HTMLInputElement. */
type Kind<T> = new () => T;

declare const htmx: {
  process(element: Element): void;
  trigger(element: Element, name: string): void;
};

interface HtmxDetail {
  elt: HTMLElement;
  target: HTMLElement;
  xhr: XMLHttpRequest & { begunOffline?: boolean };
  formData: FormData;
  parameters: Record<string, string>;
  pathInfo: { requestPath: string; finalRequestPath?: string };
  requestConfig?: { elt: HTMLElement };
  isError: boolean;
  shouldSwap: boolean;
  successful: boolean;
  issueRequest(): void;
}

interface HtmxEvent extends CustomEvent<HtmxDetail> {
  readonly target: HTMLElement;
}

type HtmxName =
  | "afterRequest" | "afterSettle" | "afterSwap" | "beforeRequest" | "beforeSend" | "beforeSwap" | "configRequest" | "confirm"
  | "load" | "oobAfterSwap" | "oobBeforeSwap" | "responseError" | "sendError" | "timeout";

type HtmxEvents = { [Name in HtmxName as `htmx:${Name}`]: HtmxEvent };

interface DocumentEventMap extends HtmxEvents {
  "allauth.error": CustomEvent<{ exception: Error }>;
}

type PasskeyForm = (options: { ids: Record<string, string> }) => void;

declare const allauth: {
  webauthn: { forms: { addForm: PasskeyForm; authenticateForm: PasskeyForm; loginForm: PasskeyForm } };
};
