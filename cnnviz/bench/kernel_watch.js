// Times from an event's own time stamp to the end of the first painted frame that shows its effect.
(() => {
  const channel = new MessageChannel();
  window.times = [];

  /** Time every such event until changed() says that the page shows it. */
  window.watch = (type, changed) => window.addEventListener(type, (event) => {
    const started = event.timeStamp;
    const look = () => {
      if (!changed()) return requestAnimationFrame(look);
      channel.port1.onmessage = () => window.times.push(performance.now() - started);
      channel.port2.postMessage(0); // runs once this frame has been painted
    };
    requestAnimationFrame(look);
  }, true);

  /** True once each time that read() gives something new. */
  const news = (read) => {
    let before = read();
    return () => {
      const now = read(), is = now !== before;
      before = now;
      return is;
    };
  };

  const lab = () => [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".lab")).shadowRoot;

  /** A key on a weight: asked of the canvas itself, of one row of its pixels. */
  window.watchKeys = () => {
    const context = lab().querySelector('[data-part="output"] canvas.picture').getContext("2d");
    watch("keydown", news(() => context.getImageData(0, 100, 300, 1).data.join()));
  };

  window.watchHover = () => {
    const sum = lab().querySelector('[data-part="sum"]');
    watch("pointermove", news(() => sum.textContent));
  };

  window.watchText = () => watch("keydown", news(() => document.querySelector("p").textContent));

  /** st.image: a new address is no picture yet, it is fetched and decoded first. */
  window.watchStock = () => {
    const source = () => document.querySelector('[data-testid="stImage"] img');
    let asked = source().src, ready = asked;
    const changed = news(() => ready);
    watch("keydown", () => {
      const img = source(), address = img?.src;
      if (address && address !== asked) {
        asked = address;
        img.decode().then(() => { ready = address; });
      }
      return changed();
    });
  };
})();
