/**
 * The bridge to Streamlit. Called for each changed `data`; draws into a host element that survives being taken away for
 * some seconds: Streamlit sometimes unmounts and mounts again, and the canvas must not notice.
 */
import { createRoot, type Root } from "react-dom/client";

import { App } from "./App";
import { HostContext } from "./hooks/useHost";
import { hostOf } from "./state/host";
import { sheet } from "./styles";
import type { Live, Outbox, Page, Planned } from "./wire";

interface Arguments {
  parentElement: HTMLElement | ShadowRoot;
  data: Page | Live | Planned;
  setStateValue: (name: string, value: unknown) => void;
}

interface Parked {
  element: HTMLElement;
  root: Root;
  timer?: ReturnType<typeof setTimeout>;
}

const PARKED_FOR = 20_000;
const parked = new Map<string, Parked>();

export default function render({ parentElement, data, setStateValue }: Arguments): (() => void) | undefined {
  if (data.face === "live") {
    hostOf(data.host).receiveLive(data);
    return undefined;
  }
  if (data.face === "plan") {
    hostOf(data.host).receivePlan(data);
    return undefined;
  }
  const key = data.host;
  const host = hostOf(key);
  host.connect((outbox: Outbox) => setStateValue("outbox", outbox));
  host.receive(data);
  let place = parked.get(key);
  if (!place) {
    const element = document.createElement("div");
    element.className = "designer";
    const style = document.createElement("style");
    style.textContent = sheet;
    const body = document.createElement("div");
    body.className = "designer-body";
    element.append(style, body);
    place = { element, root: createRoot(body) };
    parked.set(key, place);
    host.mounts += 1;
    element.dataset.mounts = String(host.mounts);
    place.root.render(
      <HostContext value={host}>
        <App />
      </HostContext>,
    );
  }
  clearTimeout(place.timer);
  if (place.element.parentNode !== parentElement) parentElement.append(place.element);
  const mine = place;
  return () => {
    host.disconnect();
    mine.timer = setTimeout(() => {
      if (mine.element.isConnected) return;
      mine.root.unmount();
      parked.delete(key);
    }, PARKED_FOR);
  };
}
