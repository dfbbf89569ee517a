//! Files that hold secrets, for programs that live for one command. Feature `store`.

mod private_file;

pub use private_file::write_private;
