// The vendored decoder in a thread of its own. First message: {library, wasm}, their addresses; then one {pixels, thorough}
// for each picture. Each is answered in turn with {texts} or {error}.

const AT_MOST_CODES = 8; // as many as the server takes
const A_FRAME = { formats: ["QRCode"], maxNumberOfSymbols: AT_MOST_CODES, tryRotate: false, tryInvert: false };
const A_PHOTO = { formats: ["QRCode"], maxNumberOfSymbols: AT_MOST_CODES };

async function prepare({ library, wasm }) {
  const arriving = fetch(wasm).then((answer) => answer.arrayBuffer()); // beside its library, which would ask for it later
  importScripts(library);
  await ZXingWASM.prepareZXingModule({ overrides: { wasmBinary: await arriving }, fireImmediately: true });
  return [];
}

async function read({ pixels, thorough }) {
  const codes = await ZXingWASM.readBarcodes(pixels, thorough ? A_PHOTO : A_FRAME);
  return codes.map((code) => code.text);
}

onmessage = async ({ data }) => {
  try {
    postMessage({ texts: await (data.library ? prepare(data) : read(data)) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
