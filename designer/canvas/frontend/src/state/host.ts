/**
 * One mount of the page: what Python said, what the user did, and what Python hasn't acknowledged yet.
 * It outlives the DOM: Streamlit may remove and mount the component again, and nothing is lost. Elsewhere: drawing (faces/).
 */
import { apply, EditError } from "../core/apply";
import { type Asked, NOTHING_ASKED, stillAsked } from "../core/plan";
import { EMPTY as NO_HISTORY, type History, redo, remember, undo } from "../core/history";
import type { Specs } from "../core/scene";
import type { Action, Answer, Command, Edit, KeyedWant, Live, Outbox, Page, Pipeline, Planned, Problem, RunIt, RunView, SentEdit, Want } from "../wire";
import { createStore, share, type Store } from "./store";
import { initialUi, type Ui } from "./ui";

export interface State {
  page: Page | null;
  epoch: string | null;
  revision: number;
  pipeline: Pipeline | null;
  specs: Specs;
  digest: string | null;
  history: History;
  edits: SentEdit[];
  commands: Command[];
  wants: KeyedWant[];
  problems: Problem[];
  run: RunView | null;
  plan: Planned | null;
  /** what the user asks of the next run beside the pipeline */
  asked: Asked;
  answers: Record<string, Answer>;
  /** said to a screen reader and shown for some seconds */
  toast: { text: string; id: number } | null;
}

type Send = (outbox: Outbox) => void;

const NOBODY: Send = () => {};
const MANY = 150;
/** between edits that are sent: what comes within it goes together. The first one goes at once. */
const EDIT_PAUSE = 150;
const EDIT_DELAY = 15;
const WANT_DELAY = 20;
const LOOK_PAUSE = 1000;
const FIRST_RETRY = 2500;
const LONGEST_RETRY = 15_000;

export class Host {
  readonly store: Store<State> = createStore<State>({
    page: null, epoch: null, revision: 0, pipeline: null, specs: {}, digest: null, history: NO_HISTORY, edits: [],
    commands: [], wants: [], problems: [], run: null, plan: null, asked: NOTHING_ASKED, answers: {}, toast: null,
  });
  readonly ui: Store<Ui> = createStore<Ui>(initialUi());
  /** how often the DOM was built: stays 1 unless Streamlit took the component away for long */
  mounts = 0;
  /** edits that come before any other, as part of it */
  prepare: () => Edit[] = () => [];
  private readonly client = crypto.randomUUID();
  private seq = 0;
  private commandSeq = 0;
  private toasts = 0;
  private send: Send = NOBODY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private due = Infinity;
  private sent = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private looks = 0;
  private merging: { key: string; until: number } | null = null;
  private counts = new Map<string, number>();

  connect(send: Send): void {
    const back = this.send === NOBODY;
    this.send = send;
    const { edits, commands } = this.store.get();
    if (back && (edits.length || commands.length)) this.schedule(WANT_DELAY);
  }

  /** Streamlit shows another page, or takes this one away for a moment: what is said now would send it back here. */
  disconnect(): void {
    this.send = NOBODY;
    clearTimeout(this.timer);
    clearTimeout(this.again);
    this.timer = undefined;
    this.due = Infinity;
    this.store.set((now) => ({ commands: now.commands.filter((one) => one.action.do !== "go") }));
  }

  /** Take what Python says. Never undoes what the user did meanwhile. */
  receive(page: Page): void {
    this.store.set((now) => {
      const fields: Partial<State> = { page: share(now.page, page), problems: share(now.problems, page.problems) };
      if (page.ack.client === this.client) {
        const { edits, commands } = page.ack;
        if (now.edits.some((one) => one.seq <= edits)) fields.edits = now.edits.filter((one) => one.seq > edits);
        if (now.commands.some((one) => one.seq <= commands)) fields.commands = now.commands.filter((one) => one.seq > commands);
      }
      if (page.modules?.specs && page.modules.digest !== now.digest) {
        fields.specs = page.modules.specs;
        fields.digest = page.modules.digest;
      }
      const document = page.document;
      const newer = document?.pipeline && document.epoch === now.epoch && document.revision > now.revision;
      if (newer && now.edits.length === 0) {
        // another tab changed it, and this one has nothing of its own to lose
        Object.assign(fields, { pipeline: document.pipeline, history: NO_HISTORY });
      }
      if (document?.pipeline && document.epoch !== now.epoch) {
        if (document.id !== now.page?.document?.id) Object.assign(fields, { plan: null, asked: NOTHING_ASKED });
        // it will be fitted into view: no use in drawing first what nobody could read then
        if (document.pipeline.nodes.length > MANY) this.ui.set({ far: true });
        performance.mark("designer:data", { detail: document.pipeline.nodes.length });
        Object.assign(fields, { epoch: document.epoch, pipeline: document.pipeline, history: NO_HISTORY, edits: [] });
      }
      if (document && !(newer && now.edits.length)) fields.revision = document.revision;
      if (page.run === null || !now.run || page.run.run_id !== now.run.run_id || page.run.tick > now.run.tick) {
        fields.run = page.run && share(now.run, page.run);
      }
      fields.answers = this.kept(now, page.answers);
      return fields;
    });
    const { epoch, digest, page: shown } = this.store.get();
    // Python leaves out what the page has; a page that was taken away and came back has to say so once
    if ((shown?.document && epoch !== this.said.epoch) || digest !== this.said.digest) this.schedule(WANT_DELAY);
  }

  private said: { epoch: string | null; digest: string | null } = { epoch: null, digest: null };

  /** Take the state of a run, and what changed in what the page wants. */
  receiveLive(live: Live): void {
    this.store.set((now) => {
      const fields: Partial<State> = { answers: this.kept(now, live.answers) };
      if (live.run && (!now.run || (now.run.run_id === live.run.run_id && live.run.tick > now.run.tick))) {
        fields.run = share(now.run, live.run);
      }
      return fields;
    });
  }

  /** Take the plan of the pipeline. */
  receivePlan(plan: Planned): void {
    this.store.set((now) => ({ plan: share(now.plan, plan) }));
  }

  /** Answers stay until nothing wants them, so that a chart doesn't blink while its successor is on the way. */
  private kept(now: State, fresh: Record<string, Answer>): Record<string, Answer> {
    const wanted = new Set(now.wants.map((one) => one.key));
    const old = Object.entries(now.answers).filter(([key]) => wanted.has(key));
    return share(now.answers, { ...Object.fromEntries(old), ...fresh });
  }

  /** Apply edits at once and send them soon. Returns the reason when one of them can't be applied. */
  edit(edits: Edit | Edit[], merge?: string): string | null {
    const { pipeline, page, history } = this.store.get();
    const wanted = Array.isArray(edits) ? edits : [edits];
    if (!pipeline || !wanted.length) return null;
    if (page?.document?.read_only) {
      this.say("This pipeline is read-only here. Open an editable copy to change it.");
      return "read-only";
    }
    const list = [...this.prepare(), ...wanted];
    let next: Pipeline;
    try {
      next = list.reduce(apply, pipeline);
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      this.say(error.message);
      return error.message;
    }
    const merged = merge !== undefined && this.merging?.key === merge && this.merging.until > Date.now();
    this.merging = merge === undefined ? null : { key: merge, until: Date.now() + 1500 };
    this.store.set((now) => ({
      pipeline: next,
      history: remember(history, pipeline, merged),
      edits: [...now.edits, ...list.map((edit) => ({ seq: ++this.seq, edit }))],
    }));
    this.schedule(Math.max(EDIT_DELAY, this.sent + EDIT_PAUSE - Date.now()));
    return null;
  }

  undo = (): void => this.travel(undo, "undo");
  redo = (): void => this.travel(redo, "redo");

  private travel(way: typeof undo, name: string): void {
    const { history, pipeline, page } = this.store.get();
    const step = pipeline && !page?.document?.read_only && way(history, pipeline);
    if (!step) return this.say(`There is nothing to ${name}.`);
    this.merging = null;
    this.store.set((now) => ({
      history: step[0],
      pipeline: step[1],
      edits: [...now.edits, { seq: ++this.seq, edit: { op: "replace", pipeline: step[1] } }],
    }));
    this.schedule(Math.max(EDIT_DELAY, this.sent + EDIT_PAUSE - Date.now()));
  }

  /** Have Python do something exactly once, after every edit so far. */
  command(action: Action): void {
    this.store.set((now) => ({ commands: [...now.commands, { seq: ++this.commandSeq, after: this.seq, action }] }));
    this.schedule(0);
  }

  /** Change what is asked of the next run. */
  ask(change: (asked: Asked) => Asked): void {
    this.store.set((now) => ({ asked: change(stillAsked(now.asked, now.pipeline)) }));
    this.schedule(0);
  }

  /** Start a run as it is planned. What was to run again did so then; pins hold until they are taken out. */
  run(how: Omit<RunIt, "do" | "steering"> = {}): void {
    const steering = stillAsked(this.store.get().asked, this.store.get().pipeline);
    this.store.set({ asked: { ...NOTHING_ASKED, pins: steering.pins } });
    this.command({ do: "run", ...how, steering });
  }

  /** Take the document that Python has, whatever this page has. */
  forget(): void {
    this.store.set({ epoch: null, edits: [] });
  }

  /** Ask for data for as long as something shows it. Returns how to stop. */
  want(key: string, want: Want): () => void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (this.counts.get(key) === 1) {
      this.store.set((now) => ({ wants: [...now.wants, { key, want }] }));
      this.schedule(WANT_DELAY);
    }
    return () => {
      const left = (this.counts.get(key) ?? 1) - 1;
      if (left > 0) this.counts.set(key, left);
      else {
        this.counts.delete(key);
        this.store.set((now) => ({ wants: now.wants.filter((one) => one.key !== key) }));
      }
    };
  }

  /** Somebody came back to the page: files may have changed meanwhile, so that Python looks again. */
  look(): void {
    this.looks += 1;
    this.schedule(Math.max(WANT_DELAY, this.sent + LOOK_PAUSE - Date.now()));
  }

  say(text: string): void {
    this.store.set({ toast: { text, id: ++this.toasts } });
  }

  /** The number of the last edit: an answer that depends on the pipeline carries it in its key. */
  get lastEdit(): number {
    return this.seq;
  }

  private schedule(delay: number): void {
    const at = Date.now() + delay;
    if (this.timer !== undefined && at >= this.due) return;
    clearTimeout(this.timer);
    this.due = at;
    this.timer = setTimeout(() => this.flush(), delay);
  }

  private flush(): void {
    this.timer = undefined;
    this.due = Infinity;
    const { epoch, revision, digest, edits, commands, wants, asked, pipeline } = this.store.get();
    if (this.send === NOBODY) return;
    this.said = { epoch, digest };
    this.sent = Date.now();
    this.send({ client: this.client, epoch, revision, modules: digest, edits, commands, wants, steering: stillAsked(asked, pipeline), tries: this.tries + this.looks });
    clearTimeout(this.again);
    this.again = setTimeout(() => this.insist(), Math.min(LONGEST_RETRY, FIRST_RETRY * 1.5 ** this.tries));
  }

  /** What was said while the connection was down is lost; say it again until it is acknowledged. */
  private insist(): void {
    const { edits, commands, page } = this.store.get();
    if (!edits.length && !commands.length) {
      this.tries = 0;
      return;
    }
    if (page?.conflict) return;
    this.tries += 1;
    this.flush();
  }
}

const hosts = new Map<string, Host>();

export function hostOf(key: string): Host {
  let host = hosts.get(key);
  if (!host) hosts.set(key, (host = new Host()));
  return host;
}
