/** Called by Streamlit at every rerun; the laboratory on the page stays the same one.
 * @param {{data: Data, parentElement: ShadowRoot, setStateValue: (name: string, value: unknown) => void}} component */
export default function kernelLab({data, parentElement, setStateValue}) {
  const root = /** @type {HTMLElement & {studio?: Studio}} */ (parentElement.querySelector(".lab"));
  root.studio ??= new Studio(root, () => undefined);
  root.studio.send = (value) => setStateValue("lab", value);
  root.studio.setData(data);
}
