"""The issuing bench: keys, signing, bundles and QR codes. Nothing that serves may import it."""
