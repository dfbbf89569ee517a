//! A contender in one of its shapes: what is compared with others of that shape.

use crate::Error;
use crate::client::{Client, Sender};
use crate::contender::{Contender, Shape, Side};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    /// The contender's place.
    pub(crate) place: usize,
    pub(crate) shape: Shape,
}

impl Lane {
    /// All that these contenders have: their own shape, and behind reqwest-middleware.
    pub(crate) fn all(contenders: &[Contender], clients: &[Client]) -> Vec<Self> {
        let mut lanes = Vec::new();
        for (place, (contender, client)) in contenders.iter().zip(clients).enumerate() {
            if client.sender.is_some() {
                lanes.push(Self { place, shape: contender.shape });
            }
            if client.middleware.is_some() {
                lanes.push(Self { place, shape: Shape::Middleware });
            }
        }
        lanes
    }

    /// The one that its ratios are to: a header that never changes, in the same shape; for what has a shape of its own, one
    /// inserted by hand.
    pub(crate) fn floor(self, contenders: &[Contender], lanes: &[Self]) -> Result<usize, Error> {
        let shape = if self.shape == Shape::Own { Shape::Value } else { self.shape };
        let fixed = |lane: &Self| lane.shape == shape && contenders[lane.place].side == Side::Fixed;
        lanes.iter().position(fixed).ok_or_else(|| "a shape without a floor".into())
    }

    pub(crate) fn sender(self, contenders: &[Contender], clients: &[Client]) -> Result<Box<dyn Sender>, Error> {
        let client = &clients[self.place];
        let behind = self.shape == Shape::Middleware;
        let senders = if behind { &client.middleware } else { &client.sender };
        let senders = senders.as_ref().ok_or_else(|| format!("{}: no such lane", contenders[self.place].label))?;
        Ok(senders())
    }
}

/// Sends a few requests, and checks that they arrive with what they should.
pub(crate) async fn warm(label: &str, sender: &mut dyn Sender) -> Result<(), Error> {
    const REQUESTS: usize = 3;
    sender.build(REQUESTS);
    let headers = sender.send().await.map_err(|error| format!("{label}: {error}"))?;
    if headers != 2 * REQUESTS {
        return Err(format!("{label}: {headers} headers arrived with {REQUESTS} requests").into());
    }
    Ok(())
}
