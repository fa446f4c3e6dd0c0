use crate::job::Service;

/// What a client pays for a billable operation, in US dollars.
///
/// | service | operation |
/// |---|---|
/// | `simulation` | a second, begun |
/// | `hash` | a digest |
/// | `compress` | a mebibyte of input, begun |
/// | `image` | a million pixels, begun |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// For [`Service::Simulation`].
    pub simulation: f64,
    /// For [`Service::Hash`].
    pub hash: f64,
    /// For [`Service::Compress`].
    pub compress: f64,
    /// For [`Service::Image`].
    pub image: f64,
}

impl Default for Prices {
    fn default() -> Self {
        Self { simulation: 0.000_1, hash: 0.000_001, compress: 0.000_5, image: 0.002 }
    }
}

impl Prices {
    /// The price of an operation of a service.
    pub fn of(&self, service: Service) -> f64 {
        match service {
            Service::Simulation => self.simulation,
            Service::Hash => self.hash,
            Service::Compress => self.compress,
            Service::Image => self.image,
        }
    }
}
