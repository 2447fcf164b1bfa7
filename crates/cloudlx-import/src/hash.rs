//! SHA-256 of what an import reads: [`InputHash`], and a reader that hashes what passes through it.

use std::fmt;
use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// The SHA-256 of a file's bytes. `Display` writes it as `sha256sum` does.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InputHash(pub(crate) [u8; 32]);

impl fmt::Display for InputHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(self.0).fmt(f)
    }
}

impl fmt::Debug for InputHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InputHash({self})")
    }
}

/// A SHA-256 in lower-case hexadecimal digits.
pub(crate) struct Hex(pub(crate) [u8; 32]);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A reader that hashes every byte that is read through it.
pub(crate) struct HashingReader<R> {
    reader: R,
    sha256: Sha256,
}

impl<R: Read> HashingReader<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, sha256: Sha256::new() }
    }

    /// The hash of all bytes read so far.
    pub(crate) fn finish(self) -> InputHash {
        InputHash(self.sha256.finalize().into())
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.sha256.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_what_sha256sum_says() {
        let mut hashing = HashingReader::new(b"abc".as_slice());
        io::copy(&mut hashing, &mut io::sink()).unwrap();
        assert_eq!(
            hashing.finish().to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
